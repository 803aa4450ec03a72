/** An adapter as the operator makes it: its options parsed by the descriptor's own schema. */
import type { AdapterDescriptor, AdapterTypes } from '../adapters/descriptor.ts'

/** Makes the adapter. Throws, with all issues, on options that its schema refuses. */
export function adapterOf<Options, Type extends keyof AdapterTypes>(
  descriptor: AdapterDescriptor<Options, Type>,
  options: object = {},
): AdapterTypes[Type] {
  const result = descriptor.options['~standard'].validate(options)
  if (result instanceof Promise) throw new Error(`${descriptor.name}: options that are parsed asynchronously`)
  if (result.issues) throw new Error(result.issues.map(({ message }) => message).join('; '))
  return descriptor.create(result.value, { name: descriptor.name })
}
