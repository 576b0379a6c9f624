using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>Runs cmdlets that make and change things in tracefs; what they have left is undone afterwards.</summary>
public abstract class TraceFixture : IDisposable
{
    protected static readonly string Top = TracingDirectory.Open(SystemPaths.Default).Path;

    protected HostSession Host { get; } = new();

    public void Dispose()
    {
        Assert.Empty(TraceSession.Current.ReleaseAll());
        string prefix = TraceOwner.Current.Prefix;
        Assert.DoesNotContain(TracingDirectory.InstanceNames(SystemPaths.Default), name => name.StartsWith(prefix, StringComparison.Ordinal));
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a line that must write no error.</summary>
    protected HostResult Run(string line)
    {
        HostResult result = Host.Run(line);
        Assert.Equal("", result.StdErr);
        return result;
    }

    /// <summary>The one object of a line that must write no error.</summary>
    protected T Single<T>(string line) => Assert.IsType<T>(Assert.Single(Run(line).Objects));

    /// <summary>Runs a line that must write this error and no other.</summary>
    protected ErrorRecord Fail(string line, string id, ErrorCategory category)
    {
        HostResult result = Host.Run(line);
        Assert.Equal(1, result.ExitCode);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        return error;
    }

    /// <summary>The text of a file of an instance of this session's, without the line break at its end.</summary>
    protected static string Read(string instance, string file) => File.ReadAllText(PathOf(instance, file)).TrimEnd('\n');

    protected static string PathOf(string instance, string file = "") => Path.Combine(Top, "instances", TraceOwner.Current.NameOf(instance), file);
}
