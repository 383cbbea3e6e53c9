# Sourced by the scripts beside it: says DJL which libtorch to take, that of python3 where nothing else is said.
if [ -z "$PYTORCH_LIBRARY_PATH" ]; then
    found=$(python3 -c 'import pathlib, torch; print(pathlib.Path(torch.__file__).parent / "lib", *torch.__version__.split("+"))' 2>/dev/null) || {
        echo "there is no libtorch for CUDA: set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR (docs/gpu.md), or install PyTorch for CUDA" >&2
        exit 2
    }
    PYTORCH_LIBRARY_PATH=$(echo "$found" | cut -d' ' -f1)
    PYTORCH_VERSION=$(echo "$found" | cut -d' ' -f2)
    PYTORCH_FLAVOR=$(echo "$found" | cut -d' ' -f3)
fi
if [ -z "$PYTORCH_VERSION" ] || [ -z "$PYTORCH_FLAVOR" ]; then
    echo "PYTORCH_LIBRARY_PATH is $PYTORCH_LIBRARY_PATH, but which libtorch that is is not said: set PYTORCH_VERSION and PYTORCH_FLAVOR, e.g. 2.7.1 and cu128" >&2
    exit 2
fi
export PYTORCH_LIBRARY_PATH PYTORCH_VERSION PYTORCH_FLAVOR

djl=0.35.1
binding=${DJL_CACHE_DIR:-$HOME/.djl.ai}/pytorch/$PYTORCH_VERSION-$PYTORCH_FLAVOR-linux-x86_64/$djl-libdjl_torch.so
