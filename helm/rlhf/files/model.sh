# Puts the recipe's model where a vLLM starts from it: made by the model block, or, where that names a folder, a link to it.
# Usage: sh model.sh RECIPE FOLDER
set -eu
recipe=$1
folder=$2

# What an earlier try may have left half made.
rm -rf "$folder"
model=$("${RLHF_HOME:-/opt/rlhf}/rlhf" init "$recipe" --to "$folder")
[ "$model" = "$folder" ] || ln -s "$model" "$folder"
