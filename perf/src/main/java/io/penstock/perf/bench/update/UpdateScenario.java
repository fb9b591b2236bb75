package io.penstock.perf.bench.update;

import io.penstock.perf.rules.Flow;
import io.penstock.rules.api.TableName;
import java.util.List;

/** What is done to the rules while packets flow. */
interface UpdateScenario {

    /** Its name in options and results. */
    String name();

    /** What it is, for people. */
    String text();

    /** The flow that each change lets be dropped, or passed again. */
    Flow marker();

    /** The other flows, which all rules pass. */
    List<Flow> flows();

    /** The table. */
    TableName table();

    /** Rules in it when the first command is done. */
    int rules();

    /** The first command: the table comes into force. */
    UpdateEngine.Change first(UpdateEngine engine);

    /** How many commands come then. */
    int laterCount();

    /** One of them. */
    UpdateEngine.Change later(UpdateEngine engine, int number);

    /** How long to wait after one of them, until the next or the end. Unit: s; negative for until the table has a class of its own. */
    double pauseSeconds();

    /** What is wrong with the counters when all packets were judged, or null. */
    String wrong(UpdateEngine engine);
}
