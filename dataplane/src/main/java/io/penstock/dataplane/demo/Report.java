package io.penstock.dataplane.demo;

import java.util.List;

/** What a demonstration found, for people and for programs. */
interface Report {

    /** What is not as it should be, a sentence each; empty when all is well. */
    List<String> faults();

    /** Writes the summary. */
    void show(Screen screen);

    /** One JSON object. */
    String json();
}
