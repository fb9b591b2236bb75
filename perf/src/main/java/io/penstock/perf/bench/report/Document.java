package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What a report says, in order. In titles and other prose words between backticks are shown as code; everything else is shown as it is, whatever signs it
 * holds.
 */
public final class Document {

    /** The levels of headings below the title. */
    public static final int DEEPEST_HEADING = 3;

    /** How loud a note is. */
    public enum Kind {
        INFO,
        WARNING
    }

    /** One part of the document. */
    sealed interface Block {
    }

    record Heading(int level, String text) implements Block {
    }

    record Paragraph(String text) implements Block {
    }

    record Items(List<String> items) implements Block {
    }

    record Code(String language, String text) implements Block {
    }

    record TableBlock(Table table) implements Block {
    }

    record ChartBlock(Chart chart) implements Block {
    }

    record Note(Kind kind, String text) implements Block {
    }

    private final String title;
    private final String subtitle;
    private final List<Block> blocks = new ArrayList<>();

    /** @param subtitle one line below the title; may be empty */
    public Document(final String title, final String subtitle) {
        this.title = Objects.requireNonNull(title, "title");
        this.subtitle = Objects.requireNonNull(subtitle, "subtitle");
    }

    /** @param level 1 to {@link #DEEPEST_HEADING}; 1 and 2 are in the table of contents */
    public Document heading(final int level, final String text) {
        if (level < 1 || level > DEEPEST_HEADING) {
            throw new IllegalArgumentException("no such level of heading: level=" + level + " text=" + text + "; use 1 to " + DEEPEST_HEADING);
        }
        return add(new Heading(level, Objects.requireNonNull(text, "text")));
    }

    public Document text(final String paragraph) {
        return add(new Paragraph(Objects.requireNonNull(paragraph, "paragraph")));
    }

    public Document list(final List<String> items) {
        return add(new Items(List.copyOf(items)));
    }

    /** @param language for instance {@code sh}; may be empty */
    public Document code(final String language, final String text) {
        return add(new Code(Objects.requireNonNull(language, "language"), Objects.requireNonNull(text, "text")));
    }

    public Document table(final Table table) {
        return add(new TableBlock(Objects.requireNonNull(table, "table")));
    }

    public Document chart(final Chart chart) {
        return add(new ChartBlock(Objects.requireNonNull(chart, "chart")));
    }

    public Document note(final Kind kind, final String text) {
        return add(new Note(Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(text, "text")));
    }

    String title() {
        return title;
    }

    String subtitle() {
        return subtitle;
    }

    List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    private Document add(final Block block) {
        blocks.add(block);
        return this;
    }
}
