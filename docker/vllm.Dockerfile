# vLLM as a run needs it: pinned, and not as root. The target gpu is vLLM's own image; cpu is the one that the tests run on.
# Built from the project's root: docker buildx bake -f docker/bake.hcl vllm-gpu vllm-cpu
ARG DEBIAN=bookworm-20250520-slim
ARG VLLM=0.32.0

FROM debian:${DEBIAN} AS base
ARG SNAPSHOT=20261115T000000Z
RUN set -eu; \
    rm -f /etc/apt/sources.list.d/debian.sources; \
    for suite in debian:bookworm debian:bookworm-updates debian-security:bookworm-security; do \
        echo "deb [check-valid-until=no] http://snapshot.debian.org/archive/${suite%:*}/$SNAPSHOT ${suite#*:} main"; \
    done >/etc/apt/sources.list; \
    apt-get update; \
    apt-get upgrade -y; \
    apt-get install -y --no-install-recommends ca-certificates libgomp1 libnuma1 python3 tini; \
    rm -rf /var/lib/apt/lists/*; \
    groupadd --gid 1000 rlhf; \
    useradd --uid 1000 --gid 1000 --no-create-home --home-dir /tmp rlhf

FROM base AS environment
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
COPY tools/python_environment.sh /build/tools/
COPY tools/vllm /build/tools/vllm
# The very environment of the tests, by the very script.
RUN ln -s "$(RLHF_CACHE=/opt /build/tools/vllm/environment.sh)" /opt/vllm && rm -f /opt/*.lock

FROM base AS cpu
ARG DEBIAN
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="rlhf-vllm" \
      org.opencontainers.image.description="vLLM on CPUs, as rlhf's runs need it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/debian:$DEBIAN"
COPY --from=environment /opt /opt
ENV PATH=/opt/vllm/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    USER=rlhf \
    PYTHONDONTWRITEBYTECODE=1 \
    VLLM_NO_USAGE_STATS=1
USER 1000:1000
WORKDIR /tmp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "-g", "--", "vllm", "serve"]
CMD ["--help"]

FROM vllm/vllm-openai:v${VLLM} AS gpu
ARG VLLM
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="rlhf-vllm" \
      org.opencontainers.image.description="vLLM on GPUs, as rlhf's runs need it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/vllm/vllm-openai:v$VLLM"
# PyTorch asks for the name of whoever it runs as.
RUN groupadd --force --gid 1000 rlhf && { id -u 1000 || useradd --uid 1000 --gid 1000 --no-create-home --home-dir /tmp rlhf; }
ENV HOME=/tmp \
    USER=rlhf \
    PYTHONDONTWRITEBYTECODE=1 \
    VLLM_NO_USAGE_STATS=1
USER 1000:1000
WORKDIR /tmp
STOPSIGNAL SIGTERM
# vLLM ends its engines itself on SIGTERM.
ENTRYPOINT ["vllm", "serve"]
CMD ["--help"]
