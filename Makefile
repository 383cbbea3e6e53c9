.DEFAULT_GOAL := help
.PHONY: help build test check format bench demo

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

build: ## compile and package, no tests
	./mvnw -q package -DskipTests

check: ## every gate and the fast tests; needs only a JDK
	./mvnw -q verify

test: ## everything: gates, fast tests, tests on real parts
	ray=$$(tools/ray/environment.sh) && oldest=$$(tools/ray/environment.sh 2.39.0) && vllm=$$(tools/vllm/environment.sh) && \
		./mvnw -q verify -Pit -Dray.environment="$$ray" -Dray.oldest.environment="$$oldest" -Dvllm.environment="$$vllm"

format: ## put the sources into the house's format
	./mvnw -q spotless:apply

bench: ## measure beside the peers and write docs/performance.md (needs Python 3.11 and gigabytes of its packages)
	./mvnw -q package -Dmaven.test.skip -pl bench -am
	"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp 'bench/target/classes:bench/target/lib/*' dev.rlhf.bench.Main --python "$$(tools/golden/environment.sh)" $(BENCH)

demo: ## the quickstart: SFT, reward model, PPO and GRPO, in minutes on two cores
	./rlhf quickstart
