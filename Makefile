.DEFAULT_GOAL := help
comma := ,
.PHONY: help build test cluster check format bench bench-profile demo

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

build: ## compile and package, no tests
	./mvnw -q package -DskipTests

check: ## every gate and the fast tests; needs only a JDK
	./mvnw -q verify

test: ## everything: gates, fast tests, tests on real parts
	ray=$$(tools/ray/environment.sh) && oldest=$$(tools/ray/environment.sh 2.39.0) && vllm=$$(tools/vllm/environment.sh) && \
		prometheus=$$(tools/prometheus/environment.sh) && trackers=$$(tools/trackers/environment.sh) && helm=$$(tools/helm/environment.sh) && \
		cluster=$$(tools/cluster/environment.sh) && \
		./mvnw -q verify -Pit -Dray.environment="$$ray" -Dray.oldest.environment="$$oldest" -Dvllm.environment="$$vllm" \
			-Dprometheus.programs="$$prometheus" -Dtrackers.environment="$$trackers" -Dhelm="$$helm" -Dcluster="$$cluster"

cluster: build ## a Kubernetes for tests: the chart installed, trained, broken and taken away again (Linux, root, Go; 20 minutes)
	tools/cluster/test
	tools/cluster/end-to-end

format: ## put the sources into the house's format
	./mvnw -q spotless:apply

bench: ## measure beside the peers (ONLY=name,name: those alone) and write docs/performance.md (needs Python 3.11 and gigabytes of its packages)
	./mvnw -q package -Dmaven.test.skip -pl bench -am
	"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" @config/jvm.options -cp 'bench/target/classes:bench/target/lib/*' dev.rlhf.bench.Main --python "$$(tools/golden/environment.sh)" $(if $(ONLY),--only $(ONLY)) $(BENCH)

bench-profile: ## where our side of a training step and of a GRPO step spends its time (ONLY=name,name: of others; PERF='perf record …': under perf)
	./mvnw -q package -Dmaven.test.skip -pl bench -am
	$(PERF) "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" @config/jvm.options -cp 'bench/target/classes:bench/target/lib/*' dev.rlhf.bench.Main --profile --only $(if $(ONLY),$(ONLY),learner-25m$(comma)grpo)

demo: ## the quickstart: SFT, reward model, PPO and GRPO, in minutes on two cores
	./rlhf quickstart
