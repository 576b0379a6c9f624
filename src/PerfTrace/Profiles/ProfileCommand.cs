using System.Management.Automation;
using PerfTrace.Perf;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets that sum up stacks share: samples or folded stacks, by the time that threads ran or were blocked.</summary>
public abstract class ProfileCommand : SampleCommand
{
    private readonly OffCpuWeights _offCpu = new();
    private long _weighed;

    /// <summary>The time that threads were blocked, from samples of sched:sched_switch.</summary>
    [Parameter]
    public SwitchParameter OffCpu { get; set; }

    /// <summary>Inlined functions as if they had been called.</summary>
    [Parameter]
    public SwitchParameter Inline { get; set; }

    private protected override string[] CountedEvents => OffCpu ? [] : Event;

    private protected override string NoInput => "neither a sample (Get-PerfSample), a recording (Start-PerfRecord, or its file) nor a folded stack (ConvertFrom-FoldedStack)";

    protected override void EndProcessing()
    {
        if (OffCpu)
        {
            WriteVerbose($"Times blocked: {_weighed}; without an end in the recording: {_offCpu.Unfinished}; samples of other events: {_offCpu.Ignored}.");
            if (_offCpu.Estimated > 0)
            {
                WriteWarning($"{_offCpu.Estimated} of {_weighed} times that threads were blocked may be too long: the switch from an idle CPU to the thread was not recorded, "
                    + "and the time ends where the thread was seen next.");
            }
            if (_weighed == 0)
            {
                WriteWarning("No thread was seen to block and to run again: -OffCpu needs samples of sched:sched_switch, recorded on all CPUs "
                    + "(a thread is switched to on another thread's time).");
            }
        }
        base.EndProcessing();
    }

    protected abstract override void Take(FoldedStack stack);

    /// <summary>Tells of keys that are neither known nor a field of any sample.</summary>
    /// <param name="names">Which.</param>
    /// <param name="keys">All that were asked for.</param>
    /// <returns>None of them is known: there is nothing to show.</returns>
    private protected bool WriteUnknownKeys(IEnumerable<string> names, object[] keys) => GroupKeys.WriteUnknown(this, names) == keys.Length && keys.Length > 0;

    /// <summary>Takes what to compare with.</summary>
    private protected void TakeBaseline(object[] baseline, Action<PerfSample> takeSample, Action<FoldedStack> takeStack, Action<PerfReportEntry> takeEntry)
    {
        foreach (object element in baseline)
            TakeAll(element, takeSample, takeStack, takeEntry);
    }

    private protected override void TakeSample(PerfSample sample)
    {
        if (!OffCpu)
        {
            Take(sample);
        }
        else
        {
            _offCpu.Add(sample, weighed =>
            {
                _weighed++;
                Take(weighed);
            });
        }
    }
}
