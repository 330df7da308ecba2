# Completions of grantdeck for bash 3.2 and later. It asks grantdeck itself, so that names of grants come up.
#
# Readline takes `:`, `=` and `@` for the ends of words (COMP_WORDBREAKS), and they stand in names of grants. So the
# words are put together again before grantdeck is asked, and what it answers loses the part that readline keeps.

_grantdeck() {
    local rest="${COMP_LINE:0:COMP_POINT}" words=() word trimmed i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        trimmed="${rest#"${rest%%[![:space:]]*}"}"
        # The last word ends at the cursor.
        if ((i == COMP_CWORD)); then word="$trimmed"; fi
        if ((i > 0)) && [[ "$trimmed" == "$rest" ]]; then
            words[${#words[@]} - 1]+="$word"
        else
            words+=("$word")
        fi
        rest="${trimmed#"$word"}"
    done

    # A name with blanks is typed in quotes or with backslashes.
    local index=$((${#words[@]} - 1)) quote='' kept=''
    local current="${words[index]}"
    case "$current" in
        \'* | \"*) quote="${current:0:1}" current="${current:1}" ;;
        *)
            # What readline replaces is handed over as the second argument.
            if [[ -n "$2" && "$current" == *"$2" ]]; then kept="${current%"$2"}"; fi
            if [[ -z "$2" ]]; then kept="$current"; fi
            kept="${kept//\\/}" current="${current//\\/}"
            ;;
    esac
    words[index]="$current"

    COMPREPLY=()
    local answer value
    answer="$(
        GRANTDECK_COMPLETE=bash _CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX="$index" \
            _CLAP_COMPLETE_COMP_TYPE="$COMP_TYPE" command grantdeck -- "${words[@]}" 2>/dev/null
    )" || return
    while IFS= read -r value; do
        if [[ -z "$value" ]]; then continue; fi
        value="${value#"$kept"}"
        if [[ -z "$quote" ]]; then printf -v value '%q' "$value"; fi
        COMPREPLY+=("$value")
    done <<<"$answer"
    # More is to come behind these.
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[=/] ]]; then compopt -o nospace 2>/dev/null; fi
}
if [[ "${BASH_VERSINFO[0]}" -gt 4 || "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 ]]; then
    complete -o bashdefault -o nosort -F _grantdeck grantdeck
else
    complete -o bashdefault -F _grantdeck grantdeck
fi
