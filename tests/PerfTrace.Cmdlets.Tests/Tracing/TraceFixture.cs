using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>Runs cmdlets that make and change things in tracefs; what they have left is undone afterwards.</summary>
public abstract class TraceFixture : CmdletFixture, IDisposable
{
    protected static readonly string Top = TracingDirectory.Open(SystemPaths.Default).Path;

    public void Dispose()
    {
        Assert.Empty(TraceSession.Current.ReleaseAll());
        string prefix = TraceOwner.Current.Prefix;
        Assert.DoesNotContain(TracingDirectory.InstanceNames(SystemPaths.Default), name => name.StartsWith(prefix, StringComparison.Ordinal));
        GC.SuppressFinalize(this);
    }

    /// <summary>The text of a file of an instance of this session's, without the line break at its end.</summary>
    protected static string Read(string instance, string file) => File.ReadAllText(PathOf(instance, file)).TrimEnd('\n');

    protected static string PathOf(string instance, string file = "") => Path.Combine(Top, "instances", TraceOwner.Current.NameOf(instance), file);
}
