;; Comes back by itself to a game behind Holdfast. For TinyFugue 5.
;; Load it, for example from ~/.tfrc, and name the world as you like:
;;   /load holdfast.tf
;;   /addworld myname mud.example 4000
;;   /connect myname
;; The line that brings you back is kept in ~/.holdfast/myname, which only you can read.
;; A world with a character and a password logs in by itself, but only where there is nothing to come back to:
;;   /addworld -Ttiny myname character password mud.example 4000
;; To disconnect and stay away: /dc

;; The kept line goes first: `holdfast_connected` logs in where there is none.
/set login=off

;; In seconds, until the next try: doubled by each, until one is good.
/set holdfast_wait=1

;; The line is kept, and not shown. It is moved into place, so that there is always a whole one.
/def -F -ag -mregexp -t"^reconnect (h1[A-Za-z0-9_-]+)$" holdfast_keep = \
    /set holdfast_wait=1%; \
    /sys umask 077 && mkdir -p ~/.holdfast && cd ~/.holdfast && \
        echo 'reconnect %{P1}' > '${world_name}.new' && mv '${world_name}.new' '${world_name}'
/def -F -ag -mregexp -t"^To come back to this session later, send this line first when you connect:$" \
    holdfast_quiet

;; holdfast_line <world>: prints the line that is kept for a world, if any.
/def holdfast_line = /quote -S /echo !cat ~/.holdfast/'%{1}' 2>/dev/null

/def -F -hCONNECT holdfast_connected = \
    /let line=$(/holdfast_line %{1})%; \
    /if (line !~ "") /holdfast_return %{line}%; /else /holdfast_login%; /endif

;; The login comes next where the gateway says so in the first seconds: later another player might say it.
/def holdfast_return = \
    /send %{*}%; \
    /def -w -n1 -mregexp -t"^(That reconnection token is not valid any more|\
        The game has forgotten where you were and shows its login again)\\.$$" \
        holdfast_gone_${world_name} = /holdfast_login%; \
    /repeat -10 1 /purge -msimple holdfast_gone_${world_name}

/def holdfast_login = /if (${world_character} !~ "") /trigger -hLOGIN ${world_name}%; /endif
/def -F -ag -hLOGIN holdfast_quiet_login

;; After these the connection ends for good: the hook below is not run. If it does not end, another player said it.
/def -F -mregexp -t"^(Goodbye|Another client has taken over this session|This session was closed|\
    This session has ended: its time ran out)\\.$" holdfast_over = \
    /def -w -n1 -p9 -hDISCONNECT holdfast_stay_${world_name}%; \
    /repeat -5 1 /purge -msimple holdfast_stay_${world_name}

;; Lost, or no connection: tried again where there is such a line.
/def -F -hDISCONNECT holdfast_lost = /holdfast_try_again %{1}
/def -F -hCONFAIL holdfast_failed = /holdfast_try_again %{1}
/def holdfast_try_again = \
    /if ($(/holdfast_line %{1}) !~ "") \
        /repeat -%{holdfast_wait} 1 /connect %{1}%; \
        /if (holdfast_wait < 16) /test holdfast_wait := 2 * holdfast_wait%; /endif%; \
    /endif
