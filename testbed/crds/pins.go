//go:build tools

// Package crds pins the modules whose CRD files the tests install. Nothing here is compiled: the imports
// keep the modules in go.mod, and go.sum then vouches for the files that `go mod download` unpacks.
package crds

import (
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "istio.io/api/label"
	_ "sigs.k8s.io/gateway-api/pkg/consts"
)
