package io.penstock.perf.bench.report;

/** A picture of measurements, which the writers number. It always comes with its figures as a table that can be opened below it. */
public sealed interface Chart permits LineChart, BarChart, StackedBarChart {

    /** The colours, each with a marker, a dash and a hatch of its own in the second round, that an eye still tells apart. */
    int MOST_SERIES = 16;

    /** What the picture shows, in a few words. */
    String title();

    /** A sentence below the title, for instance what the whiskers are; may be empty. */
    String note();
}
