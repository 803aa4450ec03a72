/** What answers say about streaming lists (WatchList), which not every API server has, and none has at any time. */
import { ApiError } from '../client/api-error.ts'

/** The server knows no streaming lists, or not for this resource, or not yet. */
export function isRefusedStream(error: ApiError): boolean {
  return error.reason === 'NoStreamingList' || [400, 405, 406, 415, 422, 501].includes(error.code) || isYoung(error)
}

/** "storage is (re)initializing", and a second to wait: only its watch cache is not ready. A list comes from etcd then. */
function isYoung({ code, message }: ApiError): boolean {
  return code === 429 && message.includes('initializing')
}

/** What is thrown when a server answers with a plain watch. */
export function noStreamingList(path: string): ApiError {
  return new ApiError({
    code: 0,
    reason: 'NoStreamingList',
    message: `watch ${path}: the server ignores sendInitialEvents`,
  })
}
