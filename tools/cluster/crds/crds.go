// Package crds names the types whose CRDs the cluster has.
package crds

import _ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
