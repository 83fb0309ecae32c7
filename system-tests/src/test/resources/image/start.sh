# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Starts a program in an unpacked image as a container runtime does: its own root, read-only but for /tmp, a user without
# rights, and the credentials of a pod.     unshare --mount sh start.sh ROOT CREDENTIALS USER:GROUP PROGRAM [WORD…]
set -eu
root=$1 credentials=$2 user=$3
shift 3
mount --bind "$root" "$root"
mount --bind "$credentials" "$root/var/run/secrets/kubernetes.io/serviceaccount"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
# The same process from here on, so that a signal reaches the program.
exec chroot --userspec="$user" --groups= "$root" "$@"
