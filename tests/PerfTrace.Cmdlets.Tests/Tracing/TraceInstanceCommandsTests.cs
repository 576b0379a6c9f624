using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class TraceInstanceCommandsTests : TraceFixture
{
    [Fact]
    public void An_instance_is_made_found_and_removed()
    {
        TraceInstance made = Single<TraceInstance>("New-TraceInstance web -BufferSize 64KB -Clock mono");

        Assert.Equal(("web", TraceOwner.Current.NameOf("web"), true), (made.Name, made.Instance, made.IsOwned));
        Assert.Equal(("mono", "nop", true, true), (made.Clock, made.CurrentTracer, made.TracingOn, made.Overwrite));
        Assert.InRange(made.BufferSize!.Value, 64 * 1024, 128 * 1024);
        Assert.Equal(made.Path, Single<TraceInstance>("Get-TraceInstance web").Path);
        Assert.Equal(made.Path, Single<TraceInstance>($"Get-TraceInstance {made.Instance}").Path);
        Assert.Equal(made.Path, Single<TraceInstance>("Get-TraceInstance w?b").Path);

        Run("Remove-TraceInstance web");
        Assert.False(Directory.Exists(made.Path));
    }

    [Fact]
    public void The_session_s_end_removes_what_it_owns_and_leaves_what_stays()
    {
        string name = $"perftrace-test-{Environment.ProcessId}";
        try
        {
            Assert.False(Single<TraceInstance>($"New-TraceInstance {name} -Persistent").IsOwned);
            Run("New-TraceInstance gone");
            Assert.Empty(TraceSession.Current.ReleaseAll());

            Assert.False(Directory.Exists(PathOf("gone")));
            Assert.Equal(name, Single<TraceInstance>($"Get-TraceInstance {name}").Name);
            Run($"Get-TraceInstance {name} | Remove-TraceInstance");
            Assert.False(Directory.Exists(Path.Combine(Top, "instances", name)));
        }
        finally
        {
            if (Directory.Exists(Path.Combine(Top, "instances", name)))
                Directory.Delete(Path.Combine(Top, "instances", name));
        }
    }

    [Theory]
    [InlineData("New-TraceInstance 'a b'", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-TraceInstance ../x", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-TraceInstance 'a\nb'", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-TraceInstance perftrace_1_2_x -Persistent", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-TraceInstance x -Clock monno", "ClockNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-TraceInstance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-TraceInstance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-TraceInstance a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error_and_leaves_nothing(string line, string id, ErrorCategory category)
    {
        Fail(line, id, category);

        string prefix = TraceOwner.Current.Prefix;
        Assert.DoesNotContain(TracingDirectory.InstanceNames(SystemPaths.Default), name => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_of_the_name_is_an_error_and_the_rest_goes_on()
    {
        Run("New-TraceInstance one");

        HostResult result = Host.Run("New-TraceInstance one, two");

        Assert.StartsWith("AlreadyExists,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("two", Assert.IsType<TraceInstance>(Assert.Single(result.Objects)).Name);
    }

    [Fact]
    public void A_busy_instance_stays_and_the_error_says_why()
    {
        Run("New-TraceInstance busy");
        using (File.OpenRead(PathOf("busy", "trace_pipe")))
        {
            ErrorRecord error = Fail("Remove-TraceInstance busy", "Busy", ErrorCategory.ResourceBusy);
            Assert.Contains("in use", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }
        Run("Remove-TraceInstance busy");
    }

    [Fact]
    public void WhatIf_makes_and_removes_nothing()
    {
        Run("New-TraceInstance kept");
        Assert.Equal(0, Host.Run("New-TraceInstance not -WhatIf").ExitCode);
        Assert.Equal(0, Host.Run("Remove-TraceInstance kept -WhatIf").ExitCode);

        Assert.False(Directory.Exists(PathOf("not")));
        Assert.True(Directory.Exists(PathOf("kept")));
    }

    [Fact]
    public void The_nearest_name_is_told()
    {
        Run("New-TraceInstance frontend");

        ErrorRecord error = Fail("Get-TraceInstance fronted", "InstanceNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("Did you mean frontend?", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_top_level_is_an_object_of_the_same_kind()
    {
        TraceInstance top = Single<TraceInstance>("Get-TraceInstance -TopLevel");

        Assert.Equal((null, "", Top, false), (top.Instance, top.Name, top.Path, top.IsOwned));
    }

    [Fact]
    public void A_stop_ends_the_making()
    {
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("New-TraceInstance s1, s2, s3");

        Assert.Equal(130, result.ExitCode);
        Assert.Single(result.Objects);
        Assert.False(Directory.Exists(PathOf("s3")));
    }
}
