# The images, each with a bill of its materials and a record of its making: docker buildx bake -f docker/bake.hcl [TARGET…]
# REGISTRY=ghcr.io/me/ VERSION=0.1.0 REVISION=$(git rev-parse HEAD) docker buildx bake -f docker/bake.hcl --push

variable "REGISTRY" { default = "" }
variable "VERSION" { default = "0.1.0" }
variable "REVISION" { default = "unknown" }

group "default" { targets = ["rlhf-cpu", "rlhf-gpu", "vllm-cpu", "vllm-gpu"] }

target "image" {
  context   = "."
  # Ray's Java workers and the libtorch of DJL's jars are for these processors only.
  platforms = ["linux/amd64"]
  args      = { VERSION = VERSION, REVISION = REVISION, CREATED = timestamp() }
  attest    = ["type=sbom", "type=provenance,mode=max"]
}

target "rlhf-cpu" {
  inherits   = ["image"]
  dockerfile = "docker/rlhf.Dockerfile"
  target     = "cpu"
  tags       = ["${REGISTRY}rlhf:${VERSION}-cpu"]
}

target "rlhf-gpu" {
  inherits   = ["image"]
  dockerfile = "docker/rlhf.Dockerfile"
  target     = "gpu"
  tags       = ["${REGISTRY}rlhf:${VERSION}-gpu"]
}

target "vllm-cpu" {
  inherits   = ["image"]
  dockerfile = "docker/vllm.Dockerfile"
  target     = "cpu"
  tags       = ["${REGISTRY}rlhf-vllm:${VERSION}-cpu"]
}

target "vllm-gpu" {
  inherits   = ["image"]
  dockerfile = "docker/vllm.Dockerfile"
  target     = "gpu"
  tags       = ["${REGISTRY}rlhf-vllm:${VERSION}-gpu"]
}
