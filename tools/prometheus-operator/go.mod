module credence.dev/tools/prometheus-operator

go 1.25.8

require github.com/prometheus-operator/prometheus-operator v0.85.0
