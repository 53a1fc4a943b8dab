#!/bin/sh
# Makes the pictures of the pages in this folder, with Chromium and chromedriver.
set -eu
cd "$(dirname "$0")/../../.."
SECURE_TEST_SERVICES=required cargo test --package secure-tests --test browser -- --ignored --exact screenshots::screenshots
