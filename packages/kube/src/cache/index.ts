/** The caches by themselves, which do no I/O: to play a cluster in memory under the rules of the real one. */
export { Store, type StoreOptions } from './store.ts'
export { ReadTracker, trackedView } from './tracked-view.ts'
