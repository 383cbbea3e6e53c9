# Python environments outside the tree, each made once; to be sourced. They lie in $RLHF_CACHE, else ~/.cache/rlhf.

# make_environment NAME PIP_ARGUMENT...: installs into the environment NAME unless it is there, and sets $environment to its folder.
# A function finish, where the sourcing script has one, completes what was installed.
make_environment() {
  local cache="${RLHF_CACHE:-$HOME/.cache/rlhf}"
  environment="$cache/$1"
  shift
  [ ! -e "$environment/ready" ] || return 0
  mkdir -p "$cache"
  (
    flock 9
    if [ ! -e "$environment/ready" ]; then
      rm -rf "$environment"
      python3 -m venv "$environment" >&2
      "$environment/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
      if declare -F finish >/dev/null; then
        finish
      fi
      touch "$environment/ready"
    fi
  ) 9>"$environment.lock"
}

# hash_of FILE: what tells its content from others', for a name.
hash_of() {
  sha256sum "$1" | cut -c1-12
}
