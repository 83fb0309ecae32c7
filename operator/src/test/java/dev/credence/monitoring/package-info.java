// SPDX-License-Identifier: Apache-2.0

/// What Prometheus and Grafana are given: rules, their tests and runbooks, dashboards.
@org.jspecify.annotations.NullMarked
package dev.credence.monitoring;
