package io.penstock.rules.set;

import io.penstock.rules.hot.set.SetPlace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A name with what is under it, and who holds it: a swap exchanges what is under two names, and nothing else. Control; one thread at a time. */
final class Place {

    private final SetPlace hot = new SetPlace();
    private final int index;
    private String name;
    private SetContent content;
    private int references;
    /** How often each user holds it, but for lists: these know themselves. */
    private final Map<String, Integer> users = new LinkedHashMap<>();

    Place(final String name, final int index, final SetContent content) {
        this.name = name;
        this.index = index;
        put(content);
    }

    String name() {
        return name;
    }

    void rename(final String other) {
        name = other;
    }

    int index() {
        return index;
    }

    SetPlace hot() {
        return hot;
    }

    SetContent content() {
        return content;
    }

    void put(final SetContent now) {
        content = now;
        hot.put(now.hot());
    }

    int references() {
        return references;
    }

    boolean isHeld() {
        return references != 0;
    }

    /** A list holds it. */
    void hold() {
        references++;
    }

    /** A list lets go of it. */
    void letGo() {
        references--;
    }

    void hold(final String user) {
        references++;
        users.merge(user, 1, Integer::sum);
    }

    void letGo(final String user) {
        if (!users.containsKey(user)) {
            throw new IllegalStateException("this user does not hold the set: name=" + name + ", user=" + user + "; a reference is let go of once");
        }
        users.computeIfPresent(user, (who, times) -> times == 1 ? null : times - 1);
        references--;
    }

    /** Who holds it, in words for the operator; the lists that do, the same. */
    String users(final List<String> lists) {
        return Stream.concat(lists.stream(),
                users.entrySet().stream().map(each -> each.getKey() + (each.getValue() == 1 ? "" : " (" + each.getValue() + " times)")))
                .collect(Collectors.joining(", "));
    }
}
