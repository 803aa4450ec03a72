/**
 * What core says: one golden file of all its messages. `UPDATE_GOLDEN=1` writes it; read the diff as somebody who has to act on it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { SCENES, type Scene } from './scenes.ts'
import { played } from './stage.ts'

const OUT = new URL('../testdata/messages.out.yaml', import.meta.url)

it('is what testdata/messages.out.yaml has', () => {
  const said = Object.entries(SCENES).map(([when, scene]) => ({ when, ...saidIn(scene) }))
  const text = stringify(said, { lineWidth: 0, aliasDuplicateObjects: false })
  if (process.env.UPDATE_GOLDEN) writeFileSync(OUT, text)
  expect(text).toBe(readFileSync(OUT, 'utf8'))
})

/** `Ready` repeats one of the others. */
function saidIn(scene: Scene) {
  const { status } = played(scene)
  const conditions = (status?.conditions ?? [])
    .filter(({ type, reason }) => type !== 'Ready' || reason === 'Ready')
    .map(({ type: condition, status, reason, message }) => ({ condition, status, reason, message }))
  return { conditions, ...(status?.policies && { policies: status.policies }) }
}
