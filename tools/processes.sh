# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Background processes that outlive the script: start them, find them again, know when they are gone. To be sourced.

# start_in_background LOG COMMAND… — as $!, in a process group of its own, so that Ctrl-C in the caller's terminal does not reach it.
start_in_background() {
  local log=$1
  shift
  set -m
  nohup "$@" </dev/null >>"$log" 2>&1 9>&- &
  set +m
}

# alive_and_ours PID_FILE TEXT — prints the process id if a process with it lives and its command line has TEXT in it:
# after a reboot the same number may be anybody's.
alive_and_ours() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  [ -n "$pid" ] && command_line_of "$pid" | grep -F -- "$2" >/dev/null && echo "$pid"
}

command_line_of() {
  if [ -d /proc/self ]; then
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null
  else
    ps -ww -o command= -p "$1"
  fi
}

# Gone with its ports, or only waiting for init to take note of that.
gone() {
  kill -0 "$1" 2>/dev/null || return 0
  if [ -d /proc/self ]; then
    awk '/^State:/ { zombie = $2 == "Z" } /^Threads:/ { last = $2 < 2 } END { exit !(zombie && last) }' "/proc/$1/status" 2>/dev/null
  else
    [[ $(ps -o state= -p "$1") = Z* ]]
  fi
}

until_gone() { until gone "$1"; do sleep 0.02; done; }
