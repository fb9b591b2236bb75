package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import io.penstock.rules.hot.target.HotSetMap;
import io.penstock.rules.hot.target.HotSetMembers;
import io.penstock.rules.text.CNumber;

/**
 * SET: adds to or deletes from an ip set what the packet says, or takes from one what the packet is to carry.
 *
 * @param add      the set to add to, or null
 * @param exist    whether an entry that is there already gets the new timeout
 * @param timeout  the entry's timeout, or {@link #NO_TIMEOUT}. Unit: s
 * @param delete   the set to delete from, or null
 * @param map      the set to take from, or null
 * @param mapMark  whether the mark is taken
 * @param mapPriority whether the priority is taken
 * @param mapQueue whether the queue is taken
 */
public record SetTarget(
        Member add,
        boolean exist,
        long timeout,
        Member delete,
        Member map,
        boolean mapMark,
        boolean mapPriority,
        boolean mapQueue)
        implements RunnableTarget {

    /** No timeout was given. */
    public static final long NO_TIMEOUT = 0xFFFF_FFFFL;

    /** The longest time that the kernel can count: longer ones become this one when a packet adds. Unit: s. */
    private static final long MOST_SECONDS = 0x7FFF_FFFF / 1000;

    private static final int NAME_LENGTH = 31;
    private static final int MAX_DIMENSIONS = 6;
    private static final int PRIORITY_HOOKS = RuleHook.mask(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    /**
     * A set and what of the packet is looked for in it.
     *
     * @param name       the set's name
     * @param dimensions how many parts an entry has
     * @param sources    which of them are the packet's source: a mask, the first part's bit being 0
     */
    public record Member(String name, int dimensions, int sources) {

        private void write(final StringBuilder out, final String heading) {
            out.append(' ').append(heading).append(' ').append(name);
            for (int i = 0; i < dimensions; i++) {
                out.append(i == 0 ? ' ' : ',').append((sources >>> i & 1) != 0 ? "src" : "dst");
            }
        }
    }

    private static final String HELP = """
            SET target options:
             --add-set name flags [--exist] [--timeout n]
             --del-set name flags
             --map-set name flags [--map-mark] [--map-prio] [--map-queue]
            \t\tadd/del src/dst IP/port from/to named sets,
            \t\twhere flags are the comma separated list of
            \t\t'src' and 'dst' specifications.
            """;

    static final TargetKind KIND = Definition.of("SET", HELP, Parser::new,
            free("add-set", OptionType.STRING).twoArguments(),
            free("del-set", OptionType.STRING).twoArguments(),
            free("exist", OptionType.NONE),
            free("timeout", OptionType.STRING),
            free("map-set", OptionType.STRING).twoArguments(),
            free("map-mark", OptionType.NONE),
            free("map-prio", OptionType.NONE),
            free("map-queue", OptionType.NONE))
            .revised(3);

    /** An option that the real tool does not look after: it may stand twice and be inverted, to no effect. */
    private static OptionSpec free(final String name, final OptionType type) {
        return OptionSpec.of(name, type).repeated().inverted();
    }

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, "");
    }

    private void write(final StringBuilder out, final String dashes) {
        final String begin = ' ' + dashes;
        if (add != null) {
            add.write(out, dashes + "add-set");
        }
        if (exist) {
            out.append(begin).append("exist");
        }
        if (timeout != NO_TIMEOUT) {
            out.append(begin).append("timeout ").append(timeout);
        }
        if (delete != null) {
            delete.write(out, dashes + "del-set");
        }
        if (map != null) {
            map.write(out, dashes + "map-set");
        }
        if (mapMark) {
            out.append(begin).append("map-mark");
        }
        if (mapPriority) {
            out.append(begin).append("map-prio");
        }
        if (mapQueue) {
            out.append(begin).append("map-queue");
        }
    }

    @Override
    public int check(final Place place) {
        final boolean mapsWrongly = map != null
                && (place.table() != TableName.MANGLE || (mapPriority || mapQueue) && (place.hooks() & ~PRIORITY_HOOKS) != 0);
        return mapsWrongly ? ToolText.EINVAL : Kind.FINE;
    }

    /** The queue that a packet leaves by is its worker's own, on every port. */
    @Override
    public String missing() {
        return mapQueue ? "--map-queue, as a packet leaves by its worker's own queue; --map-mark and --map-prio are there" : "";
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        final HotSetMembers members = new HotSetMembers(place(scope, add), addQuery(), place(scope, delete), query(delete));
        return map == null ? members : new HotSetMap(members, scope.set(map.name), query(map), mapMark, mapPriority);
    }

    private static SetPlace place(final BindScope scope, final Member member) {
        return member == null ? null : scope.set(member.name);
    }

    private static SetQuery query(final Member member) {
        return member == null ? null : SetQuery.of(member.dimensions, member.sources);
    }

    private SetQuery addQuery() {
        return add == null ? null : new SetQuery(add.dimensions, add.sources, false, true, true, SetQuery.NO_CONDITION, 0,
                SetQuery.NO_CONDITION, 0, exist, timeout == NO_TIMEOUT ? SetQuery.NO_TIMEOUT : Math.min(timeout, MOST_SECONDS));
    }

    private static final class Parser extends CheckedParser {

        private final ParseScope scope;
        private Member add;
        private boolean exist;
        private long timeout = NO_TIMEOUT;
        private Member delete;
        private Member map;
        private boolean mapMark;
        private boolean mapPriority;
        private boolean mapQueue;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "add-set" -> add = member(add, option, value);
                case "del-set" -> delete = member(delete, option, value);
                case "map-set" -> map = member(map, option, value);
                case "exist" -> exist = true;
                case "timeout" -> timeout = timeout(value.text());
                case "map-mark" -> mapMark = true;
                case "map-prio" -> mapPriority = true;
                default -> mapQueue = true;
            }
        }

        private static long timeout(final String text) {
            final CNumber number = CNumber.whole(text, 0, NO_TIMEOUT - 1);
            if (number == null) {
                throw ParameterProblem.parameter("Invalid value for option --timeout or out of range 0-%d", NO_TIMEOUT - 1);
            }
            return number.value();
        }

        private Member member(final Member before, final OptionSpec option, final OptionValue value) {
            if (before != null) {
                throw ParameterProblem.parameter("--%s can be specified only once", option.name());
            }
            final String flags = value.more();
            if (flags == null || flags.startsWith("-") || flags.startsWith("!")) {
                throw ParameterProblem.parameter("--%s requires two args.", option.name());
            }
            final String name = value.text();
            if (name.length() > NAME_LENGTH) {
                throw ParameterProblem.parameter("setname `%s' too long, max %d characters.", name, NAME_LENGTH);
            }
            final int family = scope.names().setFamily(name);
            if (family < 0) {
                throw ParameterProblem.parameter("Set %s doesn't exist.\n", name);
            }
            if (family != 0 && family != scope.family().version()) {
                throw ParameterProblem.parameter("The protocol family of set %s is %s, which is not applicable.\n", name,
                        family == IpFamily.IPV4.version() ? "IPv4" : "IPv6");
            }
            return directions(name, flags);
        }

        private static Member directions(final String name, final String flags) {
            final String[] parts = flags.split(",", -1);
            int sources = 0;
            for (int i = 0; i < parts.length; i++) {
                if (i == MAX_DIMENSIONS) {
                    throw ParameterProblem.parameter("Can't be more src/dst options than %d.", MAX_DIMENSIONS);
                }
                if (parts[i].startsWith("src")) {
                    sources |= 1 << i;
                } else if (!parts[i].startsWith("dst")) {
                    throw ParameterProblem.parameter("You must spefify (the comma separated list of) 'src' or 'dst'.");
                }
            }
            return new Member(name, parts.length, sources);
        }

        @Override
        void verify() {
            if (add == null && delete == null && map == null) {
                throw ParameterProblem.parameter("You must specify either `--add-set' or `--del-set' or `--map-set'");
            }
            refuseIf(add == null && exist, "Flag `--exist' can be used with `--add-set' only");
            refuseIf(add == null && timeout != NO_TIMEOUT, "Option `--timeout' can be used with `--add-set' only");
            refuseIf(map == null && mapMark, "Flag `--map-mark' can be used with `--map-set' only");
            refuseIf(map == null && mapPriority, "Flag `--map-prio' can be used with `--map-set' only");
            refuseIf(map == null && mapQueue, "Flag `--map-queue' can be used with `--map-set' only");
            refuseIf(map != null && !mapMark && !mapPriority && !mapQueue,
                    "You must specify flags `--map-mark' or '--map-prio` or `--map-queue'");
        }

        private static void refuseIf(final boolean wrong, final String message) {
            if (wrong) {
                throw new ParameterProblem(ParameterProblem.PARAMETER, message);
            }
        }

        @Override
        Target target() {
            return new SetTarget(add, exist, timeout, delete, map, mapMark, mapPriority, mapQueue);
        }
    }
}
