/** What adapters test themselves with: builders, an in-memory view, reference adapters. */
export { MemoryView } from '../memory-view.ts'
export * from './builders.ts'
export * from './null-gateway.ts'
