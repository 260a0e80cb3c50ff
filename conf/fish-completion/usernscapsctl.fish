# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# fish completion for usernscapsctl(8), which knows itself what a word could become.

function __usernscapsctl_complete
	set -l words (commandline --tokenize --cut-at-cursor --current-process)
	set -l word (commandline --current-token --cut-at-cursor)
	set -l before (string match --regex -- '^--[^=]*=' $word)
	set -l plain (string unescape -- $word)
	or set plain $word
	for line in ($words[1] --complete $words[2..] "$plain" 2>/dev/null)
		switch $line
			case :files
				for path in (__fish_complete_path (string replace -- "$before" '' $word))
					echo $before$path
				end
			case :programs
				__fish_complete_command
			case :nospace
			case '*'
				echo $line
		end
	end
end

complete --command usernscapsctl --no-files --arguments '(__usernscapsctl_complete)'
