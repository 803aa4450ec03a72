import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathTexts } from '../../test/path-texts.ts'
import { anApi } from '../testing/builders.ts'
import { developerUi } from './developer-ui.ts'

describe('the link to a developer user interface', () => {
  it.each([
    { text: undefined, want: {}, because: 'there is none' },
    { text: '', want: {}, because: 'charts ship empty strings' },
    { text: '/docs/', want: { path: '/docs/', link: '/docs/' }, because: 'it is a path' },
    { text: '/é', want: { path: '/é', link: '/%C3%A9' }, because: 'a link is a URL' },
  ])('"$text" needs no advice: $because', ({ text, want }) => {
    expect(developerUi(text)).toEqual(want)
  })

  it.each([
    {
      text: '/swagger-ui.html#/',
      want: { path: '/swagger-ui.html', link: '/swagger-ui.html#/' },
      says: '"/swagger-ui.html#/" is published as it is, but only its path "/swagger-ui.html" is routed',
    },
    {
      text: '/b/index.html?configUrl=/b/v3/é',
      want: { path: '/b/index.html', link: '/b/index.html?configUrl=/b/v3/%C3%A9' },
      says: 'only its path "/b/index.html" is routed',
    },
    {
      text: 'https://portal.example.com/docs/c?x#y',
      want: { path: '/docs/c', link: 'https://portal.example.com/docs/c?x#y' },
      says: 'is a URL: it is published as it is, and its path "/docs/c" is routed; write only a path if the API serves it',
    },
    {
      text: 'https://portal.example.com/',
      want: { link: 'https://portal.example.com/' },
      says: 'nothing is routed for it',
    },
    {
      text: 'https://portal.example.com/{x}',
      want: { link: 'https://portal.example.com/{x}' },
      says: 'nothing is routed for it',
    },
    {
      text: 'docs',
      want: {},
      says: 'must start with "/": write "/docs"; until then it is neither routed nor published',
    },
    { text: '#/docs', want: {}, says: 'must start with its path' },
    { text: '/a/{id}', want: {}, says: 'write "/a"; until then' },
    { text: 'javascript:alert(1)', want: {}, says: 'must start with "/"' },
    { text: `/${'x'.repeat(2048)}`, want: {}, says: 'has 2049 characters: write at most 2048' },
  ])('"$text": $says', ({ text, want, says }) => {
    const { advice, ...rest } = developerUi(text)
    expect(rest).toEqual(want)
    expect(advice).toMatchObject({ field: 'spec.developerUI', reason: 'DeveloperUILink' })
    expect(advice?.message).toContain(says)
  })

  it('refuses no API, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'https://portal.example', 'ftp://a'), pathTexts, (origin, path) => {
        const { problems, spec } = anApi({ spec: { developerUI: origin + path } })
        expect(problems).toEqual([])
        const link = spec.developerUILink
        const url = link?.startsWith('/') ? `https://gateway.example${link}` : link
        if (url !== undefined) expect(new URL(url).href).toMatch(/^https?:\/\//)
      }),
    )
  })
})
