#!/bin/sh
# Process 1 of a container. It runs in namespaces of its own (mounts, processes, hostname), builds the container's root, starts
# the container's program in it, hands SIGTERM on, and ends with the program's exit code.
#   container-init.sh DIRECTORY HOSTNAME WORKING-DIRECTORY
# DIRECTORY holds: root/ (where the root is built), fstab (its mounts), binds (mounts of volumes), files (one path a line: files
# to be mounted on), directories (one a line: the files' parents), and start (a script that becomes the container's program).
# Descriptor 3 tells the node agent how far it got: this process's id as the agent sees it, then `started`.
directory=$1 hostname=$2 workdir=$3

read -r pid _ </proc/self/stat
echo "$pid" >&3

set -e
hostname "$hostname"
mount --all --fstab "$directory/fstab"
if [ -s "$directory/files" ]; then
  xargs -d '\n' mkdir -p <"$directory/directories"
  xargs -d '\n' rm -f <"$directory/files"
  while IFS= read -r file; do : >"$file"; done <"$directory/files"
fi
[ ! -s "$directory/binds" ] || mount --all --fstab "$directory/binds"
[ "$workdir" = / ] || mkdir -p "$directory/root$workdir"
set +e

echo started >&3
exec 3>&-
. "$directory/start" &
program=$!
trap 'kill -TERM $program' TERM
wait $program
code=$?
# A trapped signal ends `wait` early; the program decides when it has ended.
while kill -0 $program 2>/dev/null; do
  wait $program
  code=$?
done
exit $code
