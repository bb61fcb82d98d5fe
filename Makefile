# Everything from a clean clone on a Debian or Ubuntu machine with Python 3.11+ and Node 20+, as root or with sudo.
#   make demo    the quickstart notebook on real pictures with real weights, then JupyterLab on it
#                (IMAGES=folder takes your own; with CI=true or no terminal it prints the run and exits)
#   make test    every test        make lint    the checkers        make bench    the benchmarks
#   make bench-quality      what is found, against ground truth and other tools
#   make bench-scale N=1000000    what a million items cost
#   make docs     this documentation as a site, in docs/_build/index.html: its pages are run; needs no network to be read
#   make bench-promises     kills, full disks, damages, threads: whether anything is lost

SHELL  := /bin/bash
PYTHON ?= python3
BIN    := .venv/bin
SUDO   := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
STATIC := src/nbcurate/widgets/static/session.js
PHOTOS := .demo/photos
STAMPS := .demo/stamps
VSCODE := .demo/vscode/ipywidgets.js
IMAGES ?= $(PHOTOS)

export JUPYTER_PLATFORM_DIRS := 1
export HF_HUB_OFFLINE ?= 1

.PHONY: demo docs test screenshots lint format bench bench-quality bench-scale bench-frontend bench-promises clean browsers chromium firefox pictures

# -- set-up ---------------------------------------------------------------------------------------------------------

.venv/installed: pyproject.toml constraints.txt | $(STATIC)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -c constraints.txt torch
	$(BIN)/pip install --quiet -c constraints.txt -e '.[weights,train]' --group test --group lint
	touch $@

$(STATIC): js/node_modules/.package-lock.json js/build.mjs $(shell find js/src -type f)
	cd js && npm run --silent build

js/node_modules/.package-lock.json: js/package.json js/package-lock.json
	cd js && npm ci --no-audit --no-fund --loglevel=error

browsers: chromium firefox

chromium:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || \
	  { $(SUDO) apt-get update -qq && \
	    $(SUDO) apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null

firefox:
	@{ command -v firefox-esr || command -v firefox; } >/dev/null || \
	  { $(SUDO) apt-get update -qq && \
	    $(SUDO) apt-get install -y -qq --no-install-recommends firefox-esr; } >/dev/null

# The part of VS Code's Jupyter extension that shows widgets, for a test: a file of its package, without what that asks for.
$(VSCODE):
	@mkdir -p $(@D) && cd $(@D) && npm pack --silent @vscode/jupyter-ipywidgets8@1.0.9 >/dev/null && \
	  tar -xzf vscode-*.tgz --strip-components=2 package/dist/ipywidgets.js && rm vscode-*.tgz

# A Debian package, unpacked into $@-deb. $(call unpacked,NAME)
define unpacked
@rm -rf $@-deb && mkdir -p $@-deb
@cd $@-deb && { apt-get download -qq $(1) 2>/dev/null || \
  { $(SUDO) apt-get update -qq && apt-get download -qq $(1); }; } 2>/dev/null
@cd $@-deb && dpkg -x *.deb .
endef

# Photographs in folders by class, from Debian's package of the learning games GCompris (free licences, each named there).
$(PHOTOS): demo/photographs.py
	@echo "fetching the demo's photographs (44 MB, once)"
	$(call unpacked,gcompris-qt-data)
	@rm -rf $@ && $(PYTHON) demo/photographs.py $@-deb $@-deb/photos
	@mv $@-deb/photos $@ && rm -rf $@-deb

# Cut-out photographs and drawings in folders by kind, from Debian's Tux Paint stamps (GPL-2+ and public domain).
$(STAMPS):
	@echo "fetching the pictures of the tests (160 MB, once)"
	$(call unpacked,tuxpaint-stamps-default)
	@cd $@-deb/usr/share/tuxpaint/stamps && rm -rf symbols && find . -type f ! -name '*.png' -delete
	@mv $@-deb/usr/share/tuxpaint/stamps $@ && rm -rf $@-deb

pictures: $(STAMPS) $(PHOTOS)

# -- what people call -----------------------------------------------------------------------------------------------

demo: .venv/installed $(STATIC) chromium $(if $(filter $(PHOTOS),$(IMAGES)),$(PHOTOS))
	@mkdir -p .demo
	NBCURATE_IMAGES="$(abspath $(IMAGES))" NBCURATE_WORK="$(abspath .demo)" \
	  $(BIN)/jupyter nbconvert --log-level=ERROR --to markdown --stdout --execute \
	  --NbConvertBase.display_data_priority="['text/plain']" notebooks/quickstart.ipynb
	$(BIN)/python -m demo.curator_picture .demo/$(notdir $(IMAGES)).nbc .demo/curator.png
	@if [ -z "$$CI" ] && [ -t 1 ]; then \
	  cp notebooks/quickstart.ipynb .demo/ && \
	  NBCURATE_IMAGES="$(abspath $(IMAGES))" NBCURATE_WORK="$(abspath .demo)" \
	    $(BIN)/jupyter lab --allow-root .demo/quickstart.ipynb; \
	fi

test: .venv/installed $(STATIC) browsers $(STAMPS) $(VSCODE)
	cd js && npm test --silent
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile  # a process a core, and a file of tests in one of them

# The pictures of the README, made by the browser tests.
screenshots: .venv/installed $(STATIC) browsers $(STAMPS) $(PHOTOS)
	NBCURATE_SCREENSHOTS=docs/images NBCURATE_PICTURES=$(abspath $(PHOTOS)) $(BIN)/pytest tests/browser/test_looks.py tests/browser/test_accessibility.py tests/browser/test_results.py

# The site. Outputs of pages are kept in .demo/docs until the package changes; a warning ends it.
docs: .venv/installed $(STATIC) $(STAMPS) $(PHOTOS)
	$(BIN)/pip install --quiet -c constraints.txt --group docs
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build
	@echo "docs/_build/index.html"

lint: .venv/installed $(STATIC)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/pyright
	cd js && npm run --silent check

format: .venv/installed js/node_modules/.package-lock.json
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	cd js && npm run --silent format

bench: .venv/installed $(STATIC) browsers $(STAMPS)
	$(BIN)/pip install --quiet -c constraints.txt --group bench --group bench-adapt
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

# What is found, against ground truth and what one would use instead; NBCURATE_PHOTOS=folder takes other pictures.
bench-quality: .venv/installed $(STATIC) $(STAMPS)
	$(BIN)/pip install --quiet -c constraints.txt --group bench
	for script in $(filter-out %/ground_truth.py,$(wildcard benchmarks/quality/*.py)); do \
	  $(BIN)/python $$script || exit 1; done

# Clip art, wallpapers, samples and scenes from Debian, so that the vectors of the benchmark are of many different pictures.
VARIED := .demo/varied
VARIED_PACKAGES := openclipart-png plasma-workspace-wallpapers gnome-backgrounds mate-backgrounds ukui-wallpapers \
  lomiri-wallpapers-16.04 opencv-doc kstars-data marble-data wesnoth-1.16-data torcs-data
$(VARIED):
	@echo "fetching pictures for the vectors of the benchmark (1 GB, once)"
	@rm -rf .demo/varied-deb && mkdir -p .demo/varied-deb $@
	@$(SUDO) apt-get update -qq
	@-cd .demo/varied-deb && for package in $(VARIED_PACKAGES); do apt-get download -qq $$package; done 2>/dev/null
	@for package in .demo/varied-deb/*.deb; do dpkg -x "$$package" $@; done; rm -rf .demo/varied-deb

# What items cost as they grow to a million: each step in a process of its own; 10 GB of disk, 6 GB of memory, half an hour
# (the first time ten minutes more, for the vectors). Draws docs/images/growth.svg and prints the README's table.
bench-scale: .venv/installed $(STATIC) $(STAMPS) $(VARIED)
	$(BIN)/pip install --quiet -c constraints.txt --group bench
	$(BIN)/python benchmarks/scale.py $(or $(N),1000000) --growth

# The widgets on a million items in JupyterLab, beside jupyter-scatter and plain images.
bench-frontend: .venv/installed $(STATIC) browsers $(STAMPS)
	$(BIN)/pip install --quiet -c constraints.txt --group bench-frontend
	$(BIN)/python -m benchmarks.frontend $(or $(N),1000000)
	$(BIN)/python -m benchmarks.frontend.first_pictures

# Kills, full disks, damages, interrupts, threads and hostile messages: an hour or two; the table goes to docs/promises.md.
bench-promises: .venv/installed $(STATIC)
	$(BIN)/python -m benchmarks.promises

clean:
	rm -rf .venv .demo js/node_modules src/nbcurate/widgets/static browser-results
