using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>
/// As <see cref="PerfStatComparisonTests"/>, with the PMUs of machines that this one is not: perf is pointed at the same sysfs tree
/// (its environment variable SYSFS_PATH).
/// </summary>
public class PerfStatPmuComparisonTests
{
    private const string Skylake = "intel-skylake", AlderLake = "intel-alderlake-hybrid", Zen4 = "amd-zen4", Neoverse = "arm-neoverse";

    public static TheoryData<string, string> Strings => new()
    {
        { Skylake, "cycles" },
        { Skylake, "cpu/event=0x3c/" },
        { Skylake, "cpu/event=0x3c,umask=1/u" },
        { Skylake, "cpu/event=60,umask=0x0/k" },
        { Skylake, "cpu/cpu-cycles/" },
        { Skylake, "cpu/instructions/uk" },
        { Skylake, "cpu/cache-misses/" },
        { Skylake, "cpu/branch-misses/pp" },
        { Skylake, "cpu/mem-loads/P" },
        { Skylake, "cpu/mem-loads,ldlat=32/u" },
        { Skylake, "cpu/inv,edge,cmask=1,event=0xd/" },
        { Skylake, "cpu/event=0xd,umask=0x3,cmask=1,any=1,inv=0/" },
        { Skylake, "cpu/event=0x3c,in_tx,in_tx_cp/" },
        { Skylake, "cpu/event=0xb7,umask=0x1,offcore_rsp=0x3fffc00004/" },
        { Skylake, "cpu/event=0xc6,umask=0x1,frontend=0x400406/pp" },
        { Skylake, "cpu/config=0x1a8,config1=3,config2=4/" },
        { Skylake, "cpu/r1a8/u" },
        { Skylake, "cpu/event=0x3c,name=halted/" },
        { Skylake, "cpu/event=0x3c,period=1000/" },
        { Skylake, "mem-loads" },
        { Skylake, "mem-stores:u" },
        { Skylake, "topdown-recovery-bubbles" },
        { Skylake, "cycles-ct" },
        { Skylake, "power/energy-pkg/" },
        { Skylake, "power/event=0x2/" },
        { Skylake, "uncore_imc/cas_count_read/" },
        { Skylake, "imc/cas_count_write/" },
        { Skylake, "imc_1/cas_count_write/" },
        { Skylake, "uncore_imc_0/cas_count_read/" },
        { Skylake, "uncore_imc_0/event=0x4,umask=0xf,thresh=2/" },
        { Skylake, "cas_count_read" },
        { Skylake, "uncore_cha_0/event=0x35,umask=0x21,filter_opc_0=0x202,filter_rem=1,filter_isoc/" },
        // Of intel_pt perf's own default (tsc, pt and branch) is stated here: a counter that is read has none, it is for perf record.
        { Skylake, "intel_pt/cyc=1,cyc_thresh=2,mtc_period=3,tsc,pt,branch/u" },
        { Skylake, "msr/tsc/" },
        { Skylake, "cstate_core/c6-residency/" },
        { Skylake, "{page-faults,cpu/event=0x3c/,cpu/instructions/u}:k" },
        { AlderLake, "cycles" },
        { AlderLake, "instructions:u" },
        { AlderLake, "r1c0" },
        { AlderLake, "r1c0:k" },
        { AlderLake, "cpu_core/cpu-cycles/" },
        { AlderLake, "cpu_core/cycles/" },
        { AlderLake, "cpu_atom/branches/u" },
        { AlderLake, "cpu_core/r1c0/" },
        { AlderLake, "cpu_core/slots/" },
        { AlderLake, "cpu_core/topdown-retiring/" },
        { AlderLake, "topdown-retiring" },
        { AlderLake, "cpu_atom/event=0x3c,umask=1/u" },
        { AlderLake, "cpu_atom/mem-loads/pp" },
        { AlderLake, "cpu-cycles/name=x/" },
        { AlderLake, "page-faults" },
        { AlderLake, "power/energy-cores/" },
        { AlderLake, "uncore_imc_free_running/data_read/" },
        { Zen4, "cpu/event=0x1ff,umask=0x5/" },
        { Zen4, "cpu/event=0x76,cmask=3,inv/u" },
        { Zen4, "cpu/cache-misses/" },
        { Zen4, "cpu/ref-cycles/" },
        { Zen4, "amd_df/event=0x3fff,umask=0xfff/" },
        { Zen4, "amd_l3/event=0x4,umask=0xff,enallcores,enallslices,threadmask=3/" },
        { Zen4, "amd_umc/event=0xa,rdwrmask=1/" },
        { Zen4, "ibs_op/cnt_ctl=1/" },
        { Zen4, "ibs_fetch/rand_en=1,l3missonly/" },
        { Zen4, "amd_iommu_0/mem_pass_untrans,devid=0x18,devid_mask=0xffff/" },
        { Neoverse, "armv8_pmuv3_0/cpu_cycles/" },
        { Neoverse, "armv8_pmuv3_0/event=0x8,long=1/u" },
        { Neoverse, "armv8_pmuv3_0/event=0xffff/" },
        { Neoverse, "br_mis_pred" },
        { Neoverse, "ll_cache_rd:k" },
        { Neoverse, "arm_dsu_0/l3d_cache/" },
        { Neoverse, "arm_dsu/cycles/" },
        { Neoverse, "arm_cmn_0/hnf_cache_miss,bynodeid=1,nodeid=0x44/" },
        { Neoverse, "arm_cmn_0/type=0x77,eventid=0x2,wp_dev_sel=1,wp_val=0xffff,wp_mask=0xff00/" },
        { Neoverse, "arm_spe_0/load_filter=1,min_latency=10,event_filter=0x2/" },
        { Neoverse, "smmuv3_pmcg_2b402/transaction,filter_enable=1,filter_span=1,filter_stream_id=0x42/" },
    };

    [Theory]
    [MemberData(nameof(Strings))]
    public void OpensWhatPerfOpens(string machine, string text)
    {
        Command.Result perf = Command.Perf(["stat", "-vv", "-e", text, "true"], ("SYSFS_PATH", Repository.Machine(machine)));

        List<OpenedEvent> theirs = OpenedEvents.Perfs(perf.Output + perf.Error, out bool isCutShort);

        Assert.True(theirs.Count > 0, $"perf opened nothing for '{text}': {perf.Error}");
        // One name on several PMUs: perf takes these in the order of the directory's entries, we by name.
        EventComparison.AssertSame(theirs, isCutShort, OpenedEvents.Ours(Repository.Catalogue(machine), text), [], isOrdered: text.StartsWith('{'));
    }

    [Theory]
    [InlineData(Skylake, "cpu/event=256/")]
    [InlineData(Skylake, "cpu/no_such_term=1/")]
    [InlineData(Skylake, "cpu/no_such_event/")]
    [InlineData(Skylake, "uncore_im/clockticks/")]
    [InlineData(Skylake, "uncore_imc_7/clockticks/")]
    [InlineData(Skylake, "cpu/event=0x3c")]
    [InlineData(Skylake, "cpu/event=xyz/")]
    [InlineData(AlderLake, "cpu/event=0x3c/")]
    [InlineData(Zen4, "cpu/any=1/")]
    [InlineData(Neoverse, "armv8_pmuv3_0/event=0x10000/")]
    public void RefusesWhatPerfRefuses(string machine, string text)
    {
        Command.Result perf = Command.Perf(["stat", "-vv", "-e", text, "true"], ("SYSFS_PATH", Repository.Machine(machine)));

        Assert.Equal(129, perf.ExitCode);
        Exception problem = Assert.ThrowsAny<Exception>(() => OpenedEvents.Ours(Repository.Catalogue(machine), text));
        Assert.True(problem is PerfTrace.Perf.EventSyntaxException or PerfTrace.Perf.UnknownEventException, $"{problem.GetType()}: {problem.Message}");
    }
}
