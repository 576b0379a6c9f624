using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the fields of the event that a histogram is being made of.</summary>
public sealed class HistogramFieldCompleter : IArgumentCompleter
{
    // What is no field but may be a key: Documentation/trace/histogram.rst, "Special fields".
    private static readonly string[] Special = ["common_cpu", "common_pid.execname", "common_stacktrace", "common_timestamp"];

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string? name = fakeBoundParameters["Event"] switch
        {
            string one => one,
            IList { Count: > 0 } many => many[0]?.ToString(),
            _ => null,
        };
        return CompletionText.Match(wordToComplete, FieldsOf(name).Concat(Special));
    }

    private static IEnumerable<string> FieldsOf(string? name)
    {
        if (name is null)
            return [];
        try
        {
            return [.. TraceHistograms.FindEvent(TracingDirectory.Open(SystemPaths.Default), name).Fields.Select(static f => f.Name)];
        }
        catch (Exception e) when (e is KernelException or TracepointNotFoundException)
        {
            return []; // whoever makes the histogram gets the error
        }
    }
}
