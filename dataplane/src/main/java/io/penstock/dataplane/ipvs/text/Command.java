package io.penstock.dataplane.ipvs.text;

import java.util.EnumSet;
import java.util.Set;

/** The commands, and which options go with each. */
enum Command {
    ADD_SERVICE("add-service", EnumSet.of(Option.SERVICE), Command.ofService(), Command.nothing()),
    EDIT_SERVICE("edit-service", EnumSet.of(Option.SERVICE), Command.ofService(), Command.nothing()),
    DELETE_SERVICE("delete-service", EnumSet.of(Option.SERVICE), Command.nothing(), Command.nothing()),
    FLUSH("flush"),
    LIST("list", Command.nothing(), EnumSet.of(Option.NUMERIC, Option.STATS, Option.RATE, Option.THRESHOLDS, Option.PERSISTENT_CONN,
            Option.NOSORT, Option.SYNCID, Option.EXACT, Option.TUN_INFO),
            EnumSet.of(Option.CONNECTION, Option.SERVICE, Option.TIMEOUT, Option.DAEMON)),
    ADD_SERVER("add-server", EnumSet.of(Option.SERVICE, Option.SERVER), Command.ofServer(), Command.nothing()),
    DELETE_SERVER("delete-server", EnumSet.of(Option.SERVICE, Option.SERVER), Command.nothing(), Command.nothing()),
    EDIT_SERVER("edit-server", EnumSet.of(Option.SERVICE, Option.SERVER), Command.ofServer(), Command.nothing()),
    SET("set"),
    START_DAEMON("start-daemon", Command.nothing(), EnumSet.of(Option.MCAST_INTERFACE, Option.SYNCID, Option.MCAST_GROUP,
            Option.MCAST_PORT, Option.MCAST_TTL, Option.SYNC_MAXLEN), Command.nothing()),
    STOP_DAEMON("stop-daemon", Command.nothing(), EnumSet.of(Option.SYNCID), Command.nothing()),
    RESTORE("restore"),
    SAVE("save", Command.nothing(), EnumSet.of(Option.NUMERIC), Command.nothing()),
    ZERO("zero", Command.nothing(), EnumSet.of(Option.SERVICE), Command.nothing());

    private final String shown;
    private final Set<Option> needed;
    private final Set<Option> taken;
    private final Set<Option> exclusive;

    Command(final String shown) {
        this(shown, nothing(), nothing(), nothing());
    }

    Command(final String shown, final Set<Option> needed, final Set<Option> taken, final Set<Option> exclusive) {
        this.shown = shown;
        this.needed = needed;
        this.taken = taken;
        this.exclusive = exclusive;
    }

    private static Set<Option> nothing() {
        return EnumSet.noneOf(Option.class);
    }

    private static Set<Option> ofService() {
        return EnumSet.of(Option.SCHEDULER, Option.PERSISTENT, Option.NETMASK, Option.OPS, Option.ENGINE, Option.SCHED_FLAGS);
    }

    private static Set<Option> ofServer() {
        return EnumSet.of(Option.FORWARD, Option.WEIGHT, Option.UPPER, Option.LOWER, Option.TUN_TYPE, Option.TUN_PORT, Option.TUN_NOCSUM,
                Option.TUN_CSUM, Option.TUN_REMCSUM);
    }

    /** What is wrong with these options, in the tool's words; null if nothing is. */
    String problem(final Set<Option> given) {
        return Legality.problem(Option.values(), given, needed, taken, exclusive, shown, "command");
    }
}
