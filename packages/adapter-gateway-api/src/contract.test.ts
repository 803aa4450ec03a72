import { adapterOf, gatewayContract, type MemoryView } from '@exposedapi/core/testing'
import { KINDS } from '../test/bench.ts'
import { aClass, aGateway, aSchema, HTTPS } from '../test/manifests.ts'
import { gatewayApi } from './index.ts'

gatewayContract({
  name: 'the Gateway API',
  make: () => adapterOf(gatewayApi, { gateway: 'canvas/gw' }),
  world: (view: MemoryView) => {
    for (const object of [aGateway([HTTPS]), aClass(), aSchema()]) view.add(KINDS[object.kind] as never, object)
  },
  supports: { nestedPaths: false, policies: ['cors'] },
})
