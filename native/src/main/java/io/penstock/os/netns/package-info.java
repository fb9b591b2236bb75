/** Network namespaces: entering them, naming them, and making them for demos and tests. Control. */
package io.penstock.os.netns;
