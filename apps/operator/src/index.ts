/** The command line as a function, and what it is configured by. To import it runs nothing; `bin.ts` is the program. */
export { BUILT_IN } from './configuration/descriptors.ts'
export { type DocumentedVariable, documentedVariables } from './configuration/documentation.ts'
export { ConfigurationFile } from './configuration/file.ts'
export { main } from './main.ts'
