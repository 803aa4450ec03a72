// Command istiod is Istio's pilot-discovery as its own main package starts it, which besides ends when its supervisor does.
package main

import (
	"os"

	"istio.io/istio/pilot/cmd/pilot-discovery/app"
	"istio.io/istio/pkg/log"
)

func main() {
	followLifeline()
	log.EnableKlogWithCobra()
	if err := app.NewRootCommand().Execute(); err != nil {
		log.Error(err)
		os.Exit(-1)
	}
}
