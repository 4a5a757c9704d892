#!/bin/sh
# Starts the node, from whatever folder: every node runs in a private one. The flags make a JVM start
# sooner and stay small.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/classes" Node "$@"
