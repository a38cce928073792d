# Installs what Seam builds with and runs on; sourced by app/run.sh and tests/run.sh.
#
#   need_packages build        compiler, libclang, ffmpeg's libraries
#   need_packages build test   and Mesa's software drivers, a virtual display, ffmpeg's program

packages_of() {
    case $1 in
        build) echo build-essential pkg-config libclang-dev libavutil-dev libavcodec-dev libavformat-dev \
            libavfilter-dev libswscale-dev ;;
        run) echo libvulkan1 libgl1 libxkbcommon-x11-0 libdlib-data ;;
        test) echo mesa-vulkan-drivers libvulkan1 libgl1-mesa-dri libegl1 libxkbcommon-x11-0 xvfb ffmpeg libdlib-data ;;
    esac
}

need_packages() {
    local wanted=() missing=() group package
    for group in "$@"; do
        # shellcheck disable=SC2207  # package names have no spaces
        wanted+=($(packages_of "$group"))
    done
    if ! command -v dpkg-query >/dev/null; then
        check_elsewhere
        return
    fi
    for package in "${wanted[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing ${missing[*]}" >&2
    local as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null || {
            echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
            return 1
        }
    fi
    $as_root apt-get update -qq
    # libdlib-data is optional: without it faces are aligned by their boxes.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
        local required=("${missing[@]/libdlib-data/}")
        # shellcheck disable=SC2068  # the emptied element must vanish
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${required[@]} >/dev/null
    }
}

# On other systems: say what is missing, by name.
check_elsewhere() {
    local lacking=()
    command -v cc >/dev/null || lacking+=("a C compiler")
    command -v pkg-config >/dev/null || lacking+=("pkg-config")
    for library in libavutil libavcodec libavformat libavfilter libswscale; do
        pkg-config --exists "$library" 2>/dev/null || lacking+=("$library with its headers (ffmpeg 5.1 or later)")
    done
    ls /usr/lib*/libclang*.so* /usr/lib/*/libclang*.so* /usr/lib/llvm*/lib/libclang*.so* >/dev/null 2>&1 ||
        [ -n "${LIBCLANG_PATH:-}" ] || lacking+=("libclang (set LIBCLANG_PATH if it is in an unusual place)")
    if [ ${#lacking[@]} -gt 0 ]; then
        echo "This system is not Debian or Ubuntu; please install:" >&2
        printf '  - %s\n' "${lacking[@]}" >&2
        return 1
    fi
}

# The Rust toolchain named in rust-toolchain.toml.
need_rust() {
    if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
        export PATH="$HOME/.cargo/bin:$PATH"
    fi
    command -v cargo >/dev/null || {
        echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again" >&2
        return 1
    }
}
