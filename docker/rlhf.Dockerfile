# Driver and actors: a Java runtime, Ray's wheel with its Java jars, and the project as it was built; the target gpu adds libtorch for CUDA 12.8.
# Built from the project's root: docker buildx bake -f docker/bake.hcl
ARG DEBIAN=bookworm-20250520-slim

FROM debian:${DEBIAN} AS base
# The image's packages are those of this moment of Debian's archive, so that a build of today and one of next year are the same. KubeRay's
# probes ask by wget.
ARG SNAPSHOT=20261115T000000Z
RUN set -eu; \
    rm -f /etc/apt/sources.list.d/debian.sources; \
    for suite in debian:bookworm debian:bookworm-updates debian-security:bookworm-security; do \
        echo "deb [check-valid-until=no] http://snapshot.debian.org/archive/${suite%:*}/$SNAPSHOT ${suite#*:} main"; \
    done >/etc/apt/sources.list; \
    apt-get update; \
    apt-get upgrade -y; \
    apt-get install -y --no-install-recommends ca-certificates openjdk-17-jre-headless procps python3 tini wget; \
    rm -rf /var/lib/apt/lists/*; \
    groupadd --gid 1000 rlhf; \
    useradd --uid 1000 --gid 1000 --no-create-home --home-dir /tmp rlhf

FROM base AS build
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# The gates run where the code is tested, with what they need.
RUN ./mvnw -q package -pl rlhf-driver -am -Dmaven.test.skip=true -Dspotless.check.skip -Dcheckstyle.skip
RUN set -eu; \
    mkdir -p /opt/rlhf/rlhf-driver/target; \
    cp -r rlhf LICENSE config recipes experiments /opt/rlhf/; \
    cp -r rlhf-driver/target/classes rlhf-driver/target/lib /opt/rlhf/rlhf-driver/target/; \
    cp helm/rlhf/files/job.sh /opt/rlhf/

FROM base AS ray
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
COPY docker/requirements-ray.txt /tmp/requirements.txt
RUN python3 -m venv /opt/ray && /opt/ray/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements.txt

FROM base AS torch
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
COPY docker/requirements-torch.txt /tmp/requirements.txt
# Only its libraries are used: nothing imports it.
RUN pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cu128 --target /opt/torch -r /tmp/requirements.txt

FROM base AS cpu
ARG DEBIAN
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="rlhf" \
      org.opencontainers.image.description="RLHF training in Java: driver and actors on Ray" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/debian:$DEBIAN"
COPY --from=ray /opt/ray /opt/ray
COPY --from=build /opt/rlhf /opt/rlhf
# KubeRay starts Ray from a login shell, whose PATH is Debian's own.
RUN ln -s /opt/ray/bin/ray /usr/local/bin/ray && install -d -o rlhf -g rlhf /runs
ENV HOME=/tmp \
    LANG=C.UTF-8 \
    DJL_CACHE_DIR=/tmp/djl \
    PYTHONDONTWRITEBYTECODE=1 \
    RAY_USAGE_STATS_ENABLED=0 \
    RLHF_HOME=/opt/rlhf
USER 1000:1000
WORKDIR /runs
STOPSIGNAL SIGTERM
# The launcher becomes the Java process, which saves and ends on SIGTERM; tini hands it on, and buries Ray's orphans.
ENTRYPOINT ["/usr/bin/tini", "-g", "--", "/opt/rlhf/rlhf"]
CMD ["--help"]

FROM cpu AS gpu
COPY --from=torch /opt/torch /opt/torch
ENV PYTORCH_LIBRARY_PATH=/opt/torch/torch/lib \
    PYTORCH_VERSION=2.7.1 \
    PYTORCH_FLAVOR=cu128 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
