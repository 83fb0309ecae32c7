# Credence. `make` alone lists what there is to do.
# Needs: JDK 25 or later, Maven, Go 1.26 (for the local cluster), make, git, bash.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

MVN := tools/mvn
JAR := operator/target/credence.jar
CLUSTER_TOOLS := kubernetes etcd kwok
# REPOSITORY, REPOSITORY:TAG or REPOSITORY@DIGEST as values of the chart. A colon before the last slash is that of a port.
image_name = $(firstword $(subst @, ,$(IMAGE)))
image_digest = $(word 2,$(subst @, ,$(IMAGE)))
image_tag = $(word 2,$(subst :, ,$(notdir $(image_name))))
image_values = --set-string image.repository=$(patsubst %:$(image_tag),%,$(image_name)),image.tag=$(image_tag),image.digest=$(image_digest)
SOURCES := $(wildcard pom.xml operator/pom.xml) $(shell find operator/src/main 2>/dev/null) # folders too: a removed file counts

export PATH := $(CURDIR)/.tools/bin:$(PATH)
export CREDENCE_TOOLS := $(CURDIR)/.tools
export RELEASE_DIR RELEASE_IMAGE RELEASE_SOURCE RELEASE_PARTS

.PHONY: help demo demo-accounts demo-stop test test-all unit system lint site site-check build tools cluster cluster-status cluster-stop install run generate golden release-notes verify faults soak bench image release clean distclean

help: ## Lists these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Shows the main features from a fresh clone: cluster, chart, operator, quickstart. Leaves all of it up. KUBECONFIG=… uses a cluster of yours.
ifeq ($(if $(KUBECONFIG),$(origin KUBECONFIG)),command line)
	@$(MAKE) build
	@DEMO_KUBECONFIG="$(abspath $(KUBECONFIG))" tools/demo
else
	@echo 'Building the operator and the tools of a local cluster: about 10 minutes the first time, nothing later.'
	@tools/build $(CLUSTER_TOOLS) helm & builder=$$!; \
	 $(MAKE) build || { kill $$builder; exit 1; }; \
	 wait $$builder
	@tools/demo
endif

demo-accounts: ## Shows one identity with accounts in a database, a directory and a server, all of them real and on 127.0.0.1. Ends all of it.
	@tools/demo-accounts

demo-stop: ## Ends what `make demo` left up.
	@tools/demo stop

test: ## Runs what must hold before a change lands, on real clusters. CREDENCE_TEST_KUBECONFIG=… uses your own throw-away cluster.
	@tools/lint
	@tools/test

test-all: ## Runs the same with more seeds, long outages, a long soak and the oldest supported Kubernetes.
	@tools/lint
	@tools/test all

unit: ## Runs the tests that need no cluster, with fewer random worlds. ONLY=WindowsTest runs one class; DECISIONS=window the decision folders with this in their path.
	@$(MVN) verify -pl operator,build -Dcredence.explore=quick -Dcredence.seeds=100 $(if $(ONLY)$(DECISIONS),-Dtest='$(or $(ONLY),DecisionTest)' -Dsurefire.failIfNoSpecifiedTests=false) \
	  $(if $(DECISIONS),-Dcredence.decisions='$(DECISIONS)')

system: ## Runs tests on clusters: ONLY=RotationIT one class, ONLY='RotationIT#a_*' some of its tests; without ONLY all of them.
	@$(MVN) verify -pl system-tests -am -Dhooks.skip=true -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false \
	  $(if $(ONLY),-Dit.test='$(ONLY)' -Dfailsafe.failIfNoSpecifiedTests=false -Dsystem.forks=1)

lint: ## Checks scripts, YAML, changelog fragments, the words of the documentation and the subjects of commits.
	@tools/lint

site: ## Builds the site of docs/ into target/site; fails on a broken link.
	@tools/site/build

site-check: site ## Checks the site in headless Chromium: links, phone width, contrast, search.
	@tools/site/check

build: $(JAR) ## Builds the operator and its command line into operator/target.

$(JAR): $(SOURCES)
	@echo 'Building the operator.' >&2
	@$(MVN) -q package -pl operator -DskipTests
	@touch -c $@

tools: ## Builds the pinned tools of the local cluster into .tools/bin: about 15 minutes the first time, then nothing.
	@tools/build
	@echo "The tools of the local cluster are in .tools/bin."

cluster: ## Starts a local cluster; its kubeconfig is .tools/kubeconfig.
	@tools/build $(CLUSTER_TOOLS)
	@tools/cluster up

cluster-status: ## Says whether the local clusters of this checkout run.
	@tools/cluster list

cluster-stop: ## Ends the local cluster and forgets what was in it.
	@tools/cluster down

install: need-kubeconfig ## Installs the chart into the cluster of KUBECONFIG=… with IMAGE=registry/repository:tag; OPERATOR=local leaves out the Deployment.
	@command -v helm >/dev/null || { echo 'There is no helm: run `make tools`.' >&2; exit 1; }
	@[ -n "$(IMAGE)$(filter local,$(OPERATOR))" ] || { echo 'Set the image of the operator, which your cluster can pull: IMAGE=registry.example.com/platform/credence:0.1.0 (`make image` builds it).' >&2; exit 2; }
	@helm upgrade --install credence helm/credence --kubeconfig "$(KUBECONFIG)" \
	  --namespace credence-system --create-namespace $(if $(filter local,$(OPERATOR)),--set operator.enabled=false,$(image_values))

run: need-kubeconfig build ## Runs the operator in the foreground against the cluster of KUBECONFIG=…, as the chart's own ServiceAccount.
	@mkdir -p .tools/operator
	@tools/operator-kubeconfig "$(KUBECONFIG)" .tools/operator/kubeconfig
	@KUBECONFIG="$(CURDIR)/.tools/operator/kubeconfig" exec operator/bin/credence run

generate: ## Writes what is generated: crds/, docs/reference and the chart's part of it.
	@$(MVN) -q test -pl build,hooks -am -Dtest='Generate*Test' -Dcredence.generate=true -Dsurefire.failIfNoSpecifiedTests=false

golden: ## Rewrites the golden files of decisions, stories, reports and the package plan: review the diff.
	@$(MVN) -q test -pl operator -Dtest=DecisionTest,StoryTest,ReportTest,ResultsTest,DiscoveryTest,RiskRulesTest,RotationStatesTest,ArchitectureTest -Dcredence.golden=true

release-notes: ## Writes the section of VERSION=1.2.3 of CHANGELOG.md into target/release-notes.md.
	@mkdir -p target && tools/changelog notes "$(VERSION)" >target/release-notes.md

verify: ## Fails when a generated file is not what `make generate` would write.
	@tools/verify

faults: tools ## Breaks what the operator stands on, SEEDS=10 of each kind of fault: requests, watches, API server, etcd, admission (docs/development/faults.md).
	@$(MVN) -q verify -pl system-tests -am -Dhooks.skip=true -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='FaultsIT,ServerFaultsIT,BlackHoleIT,OutageIT' -Dcredence.faults=$(or $(SEEDS),10)

soak: tools ## Runs people and faults at random for MINUTES=10, from SEED=1, which is the same sequence each time.
	@$(MVN) -q verify -pl system-tests -am -Dhooks.skip=true -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SoakIT \
	  -Dcredence.soak.minutes=$(or $(MINUTES),10) -Dcredence.faults.seed=$(or $(SEED),1)

bench: tools build ## Runs the measurements and writes their results; ONLY="peers scale" runs some of them.
	@tools/build external-secrets
	@bench/run $(ONLY)

image: ## Builds the container images as tars, operator/target/image/credence.tar and hooks/target/image/credence-hooks.tar, without a daemon.
	@$(MVN) -q package -DskipTests -pl operator,hooks,build -Pimage

release: ## Writes the release VERSION=1.2.3 into target/release or RELEASE_DIR=…: image, chart, command line, manifests (docs/development/release.md).
	@[ -n "$(VERSION)" ] || { echo 'Set the version: make release VERSION=1.2.3' >&2; exit 2; }
	@tools/build helm
	@tools/release "$(VERSION)"

clean: ## Removes what was built from the sources and ends the local clusters; the tools stay.
	@tools/cluster down --all
	@rm -rf target */target .tools/operator

distclean: clean ## Removes the tools as well.
	@if [ -d .tools ]; then chmod -R u+w .tools; rm -rf .tools; fi

.PHONY: need-kubeconfig
need-kubeconfig:
	@[ -r "$(KUBECONFIG)" ] || { echo 'Say which cluster: KUBECONFIG=FILE (the local one is KUBECONFIG=.tools/kubeconfig, and make cluster starts it).' >&2; exit 2; }
