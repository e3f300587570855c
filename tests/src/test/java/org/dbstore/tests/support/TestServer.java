package org.dbstore.tests.support;

public final class TestServer {}
