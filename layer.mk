# How `sam build` makes a layer of libraries. It calls a layer's Makefile with ARTIFACTS_DIR:
# /opt/python as Lambda will see it, compiled, because /opt is read-only there and every cold start
# would compile everything again.
#
# SAM tells a makefile no architecture. So the template's parameter chooses the folder that this
# is called in, arm64/ or x86_64/, and a layer can't be of another one than the template's.

PLATFORMS := $(shell cat platforms)
SITE := $(ARTIFACTS_DIR)/python

# Without commands, which are no use in Lambda and whose first lines name this machine, and tests.
define install
@test -n "$(PLATFORMS)" || { echo "This is called by sam build, in arm64/ or x86_64/" >&2; exit 1; }
@python3.13 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || { echo "Layers are compiled by the Python that runs them: put python3.13 on PATH" >&2; exit 1; }
python3.13 -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
    --only-binary :all: --implementation cp --python-version 3.13 \
    $(PLATFORMS:%=--platform %) --target "$(SITE)" --requirement ../requirements.txt
rm -rf "$(SITE)/bin"
find "$(SITE)" -type d -name tests -prune -exec rm -rf {} +
endef

# By hash, unchecked: files in a layer get new times, and they never change.
define compile
python3.13 -m compileall -q -j 0 --invalidation-mode unchecked-hash \
    -s "$(ARTIFACTS_DIR)" -p /opt "$(SITE)"
endef
