#!/bin/sh
# start.sh MODEL COMMAND...: puts the model of the folder MODEL into the home where there is none yet, and starts COMMAND.
# The home is a volume, which outlives the image and can be written: what `baitwatch models promote` put in use stays.
set -eu
source=$1
shift
folder=${BAITWATCH_MODEL:-$BAITWATCH_HOME/model}
if [ ! -e "$folder/manifest.json" ]; then
  mkdir -p "$folder"
  # the manifest makes a model whole: it goes last, and by a renaming
  for file in model.npz manifest.json; do
    cp "$source/$file" "$folder/.$file.partial"
    mv "$folder/.$file.partial" "$folder/$file"
  done
fi
exec "$@"
