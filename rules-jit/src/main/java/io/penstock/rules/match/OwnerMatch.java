package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotOwner;
import io.penstock.rules.text.CNumber;

/**
 * {@code -m owner}: who sent it, of this host's own packets.
 *
 * @param user                 the user ids, or null for any
 * @param group                the group ids, or null for any
 * @param socket               whether a socket must have sent it
 * @param socketInverted       whether no socket must have sent it
 * @param supplementaryGroups  whether the sender's other groups count too
 */
public record OwnerMatch(Ids user, Ids group, boolean socket, boolean socketInverted, boolean supplementaryGroups)
        implements RunnableMatch {

    /**
     * Ids from one to another.
     *
     * @param low      the first, unsigned
     * @param high     the last, unsigned
     * @param inverted whether all others are meant
     */
    public record Ids(int low, int high, boolean inverted) {

        private boolean isReversed() {
            return Integer.compareUnsigned(high, low) < 0;
        }

        private void write(final StringBuilder out, final String label, final String name) {
            out.append(inverted ? " ! " : " ").append(label).append(' ');
            if (name != null) {
                out.append(name);
                return;
            }
            out.append(Integer.toUnsignedString(low));
            if (low != high) {
                out.append('-').append(Integer.toUnsignedString(high));
            }
        }
    }

    /** The largest id: -1 stands for none. */
    private static final long MAX_ID = 0xFFFF_FFFEL;

    private static final String HELP = """
            owner match options:
            [!] --uid-owner userid[-userid]      Match local UID
            [!] --gid-owner groupid[-groupid]    Match local GID
            [!] --socket-exists                  Match if socket exists
                --suppl-groups                   Also match supplementary groups set with --gid-owner
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
                    "owner",
                    1,
                    HELP,
                    Parser::new,
                    OptionSpec.of("uid-owner", OptionType.STRING).inverted(),
                    OptionSpec.of("gid-owner", OptionType.STRING).inverted(),
                    OptionSpec.of("socket-exists", OptionType.NONE).inverted(),
                    OptionSpec.of("suppl-groups", OptionType.NONE))
            .at(RuleHook.OUTPUT, RuleHook.POSTROUTING);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--socket-exists", "--uid-owner", "--gid-owner", "--suppl-groups", null);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, "owner socket exists", "owner UID match", "owner GID match", "incl. suppl. groups", scope.isNumeric() ? null : scope);
    }

    private void write(
            final StringBuilder out,
            final String exists,
            final String uid,
            final String gid,
            final String others,
            final ListScope namesOf) {
        if (socket) {
            out.append(socketInverted ? " ! " : " ").append(exists);
        }
        if (user != null) {
            user.write(out, uid, namesOf != null && user.low == user.high
                    ? namesOf.names().userName(Integer.toUnsignedLong(user.low)) : null);
        }
        if (group != null) {
            group.write(out, gid, namesOf != null && group.low == group.high
                    ? namesOf.names().groupName(Integer.toUnsignedLong(group.low)) : null);
        }
        if (supplementaryGroups) {
            out.append(' ').append(others);
        }
    }

    @Override
    public int check(final Place place) {
        return user != null && user.isReversed() || group != null && group.isReversed() ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotOwner(bounds(user), bounds(group), socket, socketInverted, supplementaryGroups);
    }

    private static HotOwner.Bounds bounds(final Ids ids) {
        return ids == null ? null : new HotOwner.Bounds(ids.low, ids.high, ids.inverted);
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private Ids user;
        private Ids group;
        private boolean socket;
        private boolean socketInverted;
        private boolean supplementaryGroups;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "uid-owner" -> user = ids(option.name(), value, scope.names().user(value.text()));
                case "gid-owner" -> group = ids(option.name(), value, scope.names().group(value.text()));
                case "socket-exists" -> {
                    socket = true;
                    socketInverted = value.inverted();
                }
                default -> {
                    if (group == null) {
                        throw bad(option.name(), "you need to use --gid-owner first");
                    }
                    supplementaryGroups = true;
                }
            }
        }

        private static Ids ids(final String option, final OptionValue value, final long named) {
            if (named >= 0) {
                return new Ids((int) named, (int) named, value.inverted());
            }
            final String text = value.text();
            final CNumber low = CNumber.within(text, 0, 0, MAX_ID);
            if (low == null) {
                throw bad(option, text);
            }
            if (low.end() == text.length()) {
                return new Ids((int) low.value(), (int) low.value(), value.inverted());
            }
            final char separator = text.charAt(low.end());
            final CNumber high = CNumber.whole(text.substring(low.end() + 1), 0, MAX_ID);
            if (separator != '-' && separator != ':' || high == null) {
                throw bad(option, text);
            }
            return new Ids((int) low.value(), (int) high.value(), value.inverted());
        }

        private static ParameterProblem bad(final String option, final String text) {
            return ParameterProblem.parameter("owner: Bad value for \"--%s\" option: \"%s\"", option, text);
        }

        @Override
        public void finalCheck() {
            if (user == null && group == null && !socket) {
                throw ParameterProblem.parameter(
                        "owner: At least one of --uid-owner, --gid-owner or --socket-exists is required");
            }
        }

        @Override
        public Match finish() {
            return new OwnerMatch(user, group, socket, socketInverted, supplementaryGroups);
        }
    }
}
